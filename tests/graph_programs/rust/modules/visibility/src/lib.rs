pub mod net {
    pub mod http;

    pub fn connect() {
        http::get();
        self::http::post();
    }
}

pub mod util;

pub use self::net::connect as dial;

pub fn start() {
    dial();
    util::retry(|| net::http::get());
}
