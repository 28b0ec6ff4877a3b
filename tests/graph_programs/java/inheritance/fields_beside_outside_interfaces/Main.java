public class Main {
    static class Link implements Comparable<Link> {
        protected Link next;

        int length() {
            return next == null ? 1 : 1 + next.size();
        }

        int size() {
            return 0;
        }

        @Override
        public int compareTo(Link other) {
            return size();
        }
    }

    static class Last extends Link {
    }

    public static void main(String[] args) {
        new Last().length();
    }
}
