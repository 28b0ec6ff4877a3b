class View {
  render(): string {
    return this.template();
  }
  protected template(): string {
    return "";
  }
}
class Page extends View {
  override render(): string {
    return super.render() + this.footer();
  }
  protected override template(): string {
    return "page";
  }
  private footer(): string {
    return "";
  }
}

new Page().render();
