fn modes() {
    // ruleid: rust-file-open-to-all
    std::fs::set_permissions("/srv/run.sh", Permissions::from_mode(0o777));
    // ruleid: rust-file-open-to-all
    options.mode(0o666);
    // ok: rust-file-open-to-all
    std::fs::set_permissions("/srv/run.sh", Permissions::from_mode(0o755));
    // ok: rust-file-open-to-all
    options.mode(0o600);
    // ruleid: rust-cors-any-origin
    let open = Cors::permissive();
    // ruleid: rust-cors-any-origin
    let wide = Cors::default().allow_any_origin();
    // ok: rust-cors-any-origin
    let narrow = Cors::default().allowed_origin("https://example.org");
    // ok: rust-cors-any-origin
    let layer = CorsLayer::new().allow_origin(origin);
}

async fn read(name: web::Path<String>) -> impl Responder {
    // ruleid: rust-path-traversal
    let text = std::fs::read_to_string(format!("/srv/files/{}", name));
    let place = Path::new("/srv/files").join(name.as_str());
    // ruleid: rust-path-traversal
    let file = File::open(&place);
    // ok: rust-path-traversal
    let fixed = std::fs::read_to_string("/etc/hostname");
    text
}

async fn inside(name: web::Path<String>) -> impl Responder {
    let place = Path::new("/srv/files").join(name.as_str()).canonicalize();
    if !place.starts_with("/srv/files") {
        return refuse();
    }
    // ok: rust-path-traversal
    File::open(&place)
}
