function a() {}
function b() {}
function c() {}

const base = { a, b };
const copy = { ...base, b: c };
copy.a();

const target = Object.assign({}, base, { c });
target.c();

const { a: renamed, ...rest } = base;
renamed();
rest.b();

const frozen = Object.freeze({ run: a });
frozen.run();
