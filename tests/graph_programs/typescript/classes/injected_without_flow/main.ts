class Mailer {
  send(): void {}
}
class Signup {
  constructor(private mailer: Mailer) {}

  register(): void {
    this.mailer.send();
  }
}
export { Signup };
