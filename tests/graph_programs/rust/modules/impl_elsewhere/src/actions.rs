use crate::model::Account;
use crate::traits::Audit;

impl Account {
    pub fn deposit(&self) {
        self.record();
    }

    fn record(&self) {}
}

impl Audit for Account {
    fn audit(&self) {
        self.record();
    }
}
