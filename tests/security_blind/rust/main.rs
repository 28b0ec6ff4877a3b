use std::process::Command;

use axum::extract::Query;
use axum::response::Html;
use md5;
use rand::Rng;
use serde::Deserialize;
use sqlx::PgPool;

#[derive(Deserialize)]
struct Search {
    name: String,
    url: String,
    file: String,
}

async fn find(pool: &PgPool, Query(search): Query<Search>) -> anyhow::Result<()> {
    let query = format!("SELECT * FROM users WHERE name = '{}'", search.name);
    sqlx::query(&query).fetch_all(pool).await?; // vuln: A03
    Ok(())
}

async fn find_safe(pool: &PgPool, Query(search): Query<Search>) -> anyhow::Result<()> {
    sqlx::query("SELECT * FROM users WHERE name = $1").bind(search.name).fetch_all(pool).await?;
    Ok(())
}

async fn ping(Query(search): Query<Search>) -> anyhow::Result<()> {
    Command::new("sh").arg("-c").arg(format!("ping -c 1 {}", search.name)).output()?; // vuln: A03
    Ok(())
}

async fn greet(Query(search): Query<Search>) -> Html<String> {
    Html(format!("<p>{}</p>", search.name)) // vuln: A03
}

async fn fetch(Query(search): Query<Search>) -> anyhow::Result<String> {
    Ok(reqwest::get(&search.url).await?.text().await?) // vuln: A10
}

async fn read(Query(search): Query<Search>) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(format!("/srv/{}", search.file))?) // vuln: A01
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().danger_accept_invalid_certs(true).build().unwrap() // vuln: A02
}

fn digest(password: &str) -> String {
    format!("{:x}", md5::compute(password)) // vuln: A02
}

fn version() -> std::io::Result<std::process::Output> {
    Command::new("rustc").arg("--version").output()
}

fn cast(bytes: [u8; 8]) -> f64 {
    unsafe { std::mem::transmute(bytes) } // vuln: A04
}

fn dice() -> u32 {
    rand::thread_rng().gen_range(1..7)
}
