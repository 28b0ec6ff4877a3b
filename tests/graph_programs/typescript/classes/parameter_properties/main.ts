class Database {
  find(): void {}
}
class UserService {
  constructor(private readonly database: Database, public name: string) {}

  get(): void {
    this.database.find();
  }
}

const service = new UserService(new Database(), "x");
service.get();
