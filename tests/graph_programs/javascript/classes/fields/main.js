function format() {}

class Button {
  label = format;
  onClick = () => {
    this.render();
  };
  render() {
    this.label();
  }
}
class Mixed extends Button {}

const button = new Button();
button.onClick();
const click = new Mixed().onClick;
click();
