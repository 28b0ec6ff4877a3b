struct Config {
    port: u32,
}

impl Config {
    fn parse(text: &str) -> Option<Config> {
        if text.is_empty() {
            None
        } else {
            Some(Config { port: 1 })
        }
    }

    fn check(&self) -> bool {
        self.port > 0
    }
}

fn fallback() -> Config {
    Config { port: 80 }
}

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let c = Config::parse("x").unwrap_or_else(fallback);
    c.check();
    let port = Config::parse("y").map(|c| {
        c.check();
        double(c.port)
    });
    let value = Some(3).map(double).unwrap_or(0);
    let other = Config::parse("z").filter(|c| c.check()).ok_or(1);
    if let Some(found) = Config::parse("w") {
        found.check();
    }
    println!("{:?} {} {}", port, value, other.is_ok());
}
