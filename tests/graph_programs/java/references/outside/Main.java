import java.util.*;
import java.util.function.*;

public class Main {
    static class Coin {
        void flip() {
        }

        void spin() {
        }

        void stack() {
        }
    }

    static void numbers() {
        BinaryOperator<Integer> larger = Math::max;
        larger.apply(1, 2);
    }

    static void collect(List<Coin> coins) {
        List<Coin> kept = new ArrayList<>();
        coins.forEach(kept::add);
        kept.get(0).flip();
        Consumer<Coin> keep = kept::add;
        keep.accept(new Coin());
    }

    static void make(Map<String, List<Coin>> piles) {
        piles.computeIfAbsent("a", ArrayList::new).add(new Coin());
        piles.get("a").get(0).stack();
        Supplier<List<Coin>> maker = LinkedList::new;
        var pile = maker.get();
        pile.add(new Coin());
        pile.get(0).spin();
    }

    public static void main(String[] args) {
        numbers();
        collect(List.of(new Coin()));
        make(new HashMap<>());
    }
}
