public class Main {
    abstract static class Report {
        void print() {
            header();
            body();
        }

        void header() {
        }

        abstract void body();
    }

    static class Short extends Report {
        @Override
        void body() {
        }
    }

    static class Long extends Report {
        @Override
        void body() {
        }

        @Override
        void header() {
        }
    }

    static void show(Report report) {
        report.print();
    }

    public static void main(String[] args) {
        show(new Short());
        show(new Long());
    }
}
