struct Doubler<I> {
    inner: I,
}

impl<I> Iterator for Doubler<I>
where
    I: Iterator<Item = u32>,
{
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.inner.next().map(|n| twice(n))
    }
}

fn twice(n: u32) -> u32 {
    n * 2
}

struct Source {
    left: u32,
}

impl Iterator for Source {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(self.left)
    }
}

fn main() {
    let d = Doubler { inner: Source { left: 3 } };
    for n in d {
        show(n);
    }
}

fn show(n: u32) {}
