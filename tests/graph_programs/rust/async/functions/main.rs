use std::future::Future;
use std::pin::Pin;

struct Client;

impl Client {
    async fn fetch(&self, url: &str) -> Result<Page, ()> {
        let page = self.load(url).await?;
        page.check();
        Ok(page)
    }

    async fn load(&self, url: &str) -> Result<Page, ()> {
        Ok(Page)
    }
}

struct Page;

impl Page {
    fn check(&self) {}

    fn render(&self) {}
}

fn later() -> Pin<Box<dyn Future<Output = u32>>> {
    Box::pin(async {
        compute()
    })
}

fn compute() -> u32 {
    1
}

async fn run() {
    let client = Client;
    if let Ok(page) = client.fetch("x").await {
        page.render();
    }
    later().await;
}

fn main() {
    let _task = run();
}
