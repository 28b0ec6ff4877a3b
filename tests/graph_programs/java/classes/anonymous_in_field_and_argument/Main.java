import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

public class Main {
    private final Comparator<Item> order = new Comparator<Item>() {
        @Override
        public int compare(Item a, Item b) {
            return a.weight() - b.weight();
        }
    };

    static class Item {
        int weight() {
            return 1;
        }
    }

    void sort(List<Item> items) {
        items.sort(order);
    }

    static void start(Runnable runnable) {
        new Thread(runnable).start();
    }

    static void done() {
    }

    public static void main(String[] args) {
        List<Item> items = new ArrayList<>();
        items.add(new Item());
        new Main().sort(items);
        start(new Runnable() {
            @Override
            public void run() {
                done();
            }
        });
    }
}
