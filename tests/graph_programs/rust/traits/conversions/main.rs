struct Celsius(f64);

struct Fahrenheit(f64);

impl From<Fahrenheit> for Celsius {
    fn from(f: Fahrenheit) -> Self {
        convert(f.0);
        Celsius(f.0)
    }
}

impl Celsius {
    fn show(&self) {}
}

impl std::str::FromStr for Celsius {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        check(text);
        Ok(Celsius(0.0))
    }
}

impl Default for Celsius {
    fn default() -> Self {
        Celsius(20.0)
    }
}

fn convert(x: f64) {}

fn check(text: &str) {}

fn main() {
    let a = Celsius::from(Fahrenheit(1.0));
    a.show();
    let b: Celsius = Fahrenheit(2.0).into();
    b.show();
    let c: Celsius = "1".parse().unwrap();
    c.show();
    let d = Celsius::default();
    d.show();
}
