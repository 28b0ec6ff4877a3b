package core;

public abstract class Task {
    public final void execute() {
        before();
        perform();
        after();
    }

    protected void before() {
    }

    protected abstract void perform();

    private void after() {
    }
}
