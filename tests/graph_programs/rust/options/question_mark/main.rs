struct Reader;

#[derive(Debug)]
struct Failure;

impl Reader {
    fn open(path: &str) -> Result<Reader, Failure> {
        if path.is_empty() {
            return Err(fail());
        }
        Ok(Reader)
    }

    fn read(&self) -> Result<String, Failure> {
        Ok(String::new())
    }
}

fn fail() -> Failure {
    Failure
}

fn load() -> Result<String, Failure> {
    let reader = Reader::open("x")?;
    let text = reader.read()?;
    Ok(text)
}

fn main() {
    match load() {
        Ok(text) => println!("{}", text),
        Err(e) => report(&e),
    }
    let r = Reader::open("y").unwrap();
    r.read().expect("text");
}

fn report(e: &Failure) {}
