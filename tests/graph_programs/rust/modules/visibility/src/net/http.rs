use crate::util::log;

pub fn get() {
    log("get");
}

pub fn post() {
    super::super::util::log("post");
    super::connect();
}
