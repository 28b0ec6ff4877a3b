package jobs;

import core.Task;

public class Build extends Task {
    @Override
    protected void before() {
        super.before();
    }

    @Override
    protected void perform() {
    }
}
