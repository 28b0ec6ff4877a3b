package jobs;

import core.Task;

public class Clean extends Task {
    @Override
    protected void perform() {
        sweep();
    }

    private void sweep() {
    }
}
