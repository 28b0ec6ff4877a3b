fn user(db: &Connection, name: &str) {
    // ruleid: rust-sql-text
    db.execute(&format!("DELETE FROM users WHERE name = '{}'", name), []);
    let statement = format!("SELECT * FROM users WHERE name = '{name}'");
    // ruleid: rust-sql-text
    db.prepare(&statement);
    // ok: rust-sql-text
    db.execute("DELETE FROM users WHERE name = ?1", [name]);
    // ok: rust-sql-text
    db.prepare("SELECT * FROM users");
    // ok: rust-sql-text
    println!("{}", format!("please select {} here", name));
}

fn pack(folder: &str) {
    // ruleid: rust-shell-text
    Command::new("sh").arg("-c").arg(format!("tar cf out.tar {}", folder)).status();
    let command = format!("tar cf out.tar {folder}");
    // ruleid: rust-shell-text
    Command::new("bash").arg("-c").arg(&command).status();
    // ok: rust-shell-text
    Command::new("tar").arg("cf").arg(format!("{folder}.tar")).status();
    // ok: rust-shell-text
    Command::new("sh").arg("-c").arg("uptime").status();
}

fn page(name: &str) -> Html<String> {
    // ruleid: rust-page-text
    let first = Html(format!("<p>{}</p>", name));
    // ruleid: rust-page-text
    let second = HttpResponse::Ok().content_type("text/html").body(format!("<b>{name}</b>"));
    // ok: rust-page-text
    let third = Html("<p>fixed</p>".to_string());
    // ok: rust-page-text
    Html(page.render())
}
