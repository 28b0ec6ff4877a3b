async fn fetch(query: web::Query<Wanted>) -> impl Responder {
    // ruleid: rust-ssrf
    let text = reqwest::get(&query.url).await;
    let address = format!("http://{}/status", query.host);
    // ruleid: rust-ssrf
    let other = reqwest::get(address).await;
    // ok: rust-ssrf
    let item = reqwest::get(format!("https://api.example.org/items/{}", query.item)).await;
    // ok: rust-ssrf
    let fixed = reqwest::get("https://api.example.org/").await;
    text
}
