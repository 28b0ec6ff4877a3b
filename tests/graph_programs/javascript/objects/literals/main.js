function helper() {}

const api = {
  direct: helper,
  method() {
    this.other();
  },
  other: function () {
    helper();
  },
  arrow: () => helper(),
  nested: {
    deep: helper,
  },
};

api.direct();
api.method();
api["other"]();
api.arrow();
api.nested.deep();
