public class Main {
    static class AppError extends Exception {
        AppError(String message) {
            super(message);
        }

        int code() {
            return 1;
        }
    }

    static class Special extends AppError {
        Special() {
            super("special");
        }

        @Override
        int code() {
            return 2;
        }
    }

    static void risky(int n) throws AppError {
        if (n > 0) {
            throw new Special();
        }
        throw new AppError("x");
    }

    static void cleanup() {
    }

    static void retry() {
    }

    public static void main(String[] args) {
        try {
            risky(1);
        } catch (AppError error) {
            error.code();
            retry();
        } finally {
            cleanup();
        }
    }
}
