pub struct Account {
    pub balance: i64,
}

impl Account {
    pub fn open() -> Account {
        Account { balance: 0 }
    }
}
