const widget = {
  init() {
    const self = this;
    function plain() {
      self.draw();
    }
    plain();
    const arrow = () => this.draw();
    arrow();
    [1].forEach(() => {
      this.update();
    });
  },
  draw() {},
  update() {},
};
widget.init();
