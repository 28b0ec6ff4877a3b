mod model;
mod actions;
mod traits;

use model::Account;
use traits::Audit;

fn main() {
    let a = Account::open();
    a.deposit();
    a.audit();
}
