pub fn serve() {
    super::api::listen();
    crate::api::accept();
}

fn listen() {}

fn accept() {
    self::listen();
}
