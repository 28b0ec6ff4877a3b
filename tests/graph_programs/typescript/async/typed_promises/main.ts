class Client {
  async get(): Promise<Response> {
    return this.request();
  }
  private async request(): Promise<Response> {
    return new Response();
  }
}
class Response {
  json(): void {}
}

async function main(client: Client): Promise<void> {
  const response = await client.get();
  response.json();
}
main(new Client());

export async function declared(pending: Promise<Response>): Promise<void> {
  (await pending).json();
}
