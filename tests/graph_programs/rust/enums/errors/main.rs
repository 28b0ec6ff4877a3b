use std::fmt;

#[derive(Debug)]
enum AppError {
    Io(IoError),
    Parse(String),
}

#[derive(Debug)]
struct IoError {
    code: u32,
}

impl IoError {
    fn code(&self) -> u32 {
        self.code
    }
}

impl From<IoError> for AppError {
    fn from(e: IoError) -> Self {
        AppError::Io(e)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            AppError::Io(e) => write!(f, "{}", e.code()),
            AppError::Parse(text) => write!(f, "{}", text),
        }
    }
}

impl AppError {
    fn exit_code(&self) -> u32 {
        1
    }
}

fn read() -> Result<String, IoError> {
    Err(IoError { code: 2 })
}

fn parse(text: &str) -> Result<u32, AppError> {
    text.parse::<u32>().map_err(|_| AppError::Parse(bad(text)))
}

fn bad(text: &str) -> String {
    text.to_string()
}

fn run() -> Result<u32, AppError> {
    let text = read().map_err(AppError::from)?;
    let n = parse(&text)?;
    Ok(n)
}

fn main() {
    if let Err(e) = run() {
        e.exit_code();
    }
}
