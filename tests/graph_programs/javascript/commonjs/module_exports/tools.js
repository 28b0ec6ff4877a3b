function hammer() {}
module.exports = {
  hammer,
  saw() {},
};
