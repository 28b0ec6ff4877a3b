import java.util.Iterator;

public class Main {
    static class Page {
        void show() {
        }
    }

    static class Book implements Iterable<Page> {
        private final Page page = new Page();

        @Override
        public Iterator<Page> iterator() {
            return new Iterator<Page>() {
                private boolean done;

                @Override
                public boolean hasNext() {
                    return !done;
                }

                @Override
                public Page next() {
                    done = true;
                    return page;
                }
            };
        }
    }

    public static void main(String[] args) {
        for (Page page : new Book()) {
            page.show();
        }
    }
}
