fn digests(data: &[u8]) {
    // ruleid: rust-weak-hash
    let first = Md5::new();
    // ruleid: rust-weak-hash
    let second = Sha1::digest(data);
    // ok: rust-weak-hash
    let third = Sha256::digest(data);
    // ok: rust-weak-hash
    let fourth = Name::new();
}

fn connections() {
    // ruleid: rust-tls-verify-off
    let open = reqwest::Client::builder().danger_accept_invalid_certs(true).build();
    // ruleid: rust-tls-verify-off
    builder.danger_accept_invalid_hostnames(true);
    // ok: rust-tls-verify-off
    builder.danger_accept_invalid_certs(false);
    // ok: rust-tls-verify-off
    let safe = reqwest::Client::builder().build();
}

// ruleid: rust-hard-coded-key
const API_KEY: &str = "9f8a7b6c5d4e3f2a1b0c";
// ok: rust-hard-coded-key
const AUTH_TOKEN: &str = "X-Auth-Token";

fn keys() {
    // ruleid: rust-hard-coded-key
    let password = "Tr0ub4dor&3";
    // ok: rust-hard-coded-key
    let secret = std::env::var("SECRET");
}
