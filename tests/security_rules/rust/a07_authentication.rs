fn claims(token: &str, key: &DecodingKey) {
    let mut validation = Validation::default();
    // ruleid: rust-jwt-not-verified
    validation.insecure_disable_signature_validation();
    // ruleid: rust-jwt-not-verified
    validation.validate_exp = false;
    // ok: rust-jwt-not-verified
    validation.validate_exp = true;
    // ok: rust-jwt-not-verified
    let facts = decode::<Claims>(token, key, &validation);
}
