import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

public class Main {
    static class Card {
        void turn() {
        }

        void fold() {
        }
    }

    static class Deck implements Iterable<Card> {
        private final List<Card> cards = new ArrayList<>();

        Deck with(Card card) {
            cards.add(card);
            return this;
        }

        @Override
        public Iterator<Card> iterator() {
            return cards.iterator();
        }
    }

    static <T> List<T> copy(Iterable<T> items) {
        List<T> copied = new ArrayList<>();
        items.forEach(copied::add);
        return copied;
    }

    public static void main(String[] args) {
        Deck deck = new Deck().with(new Card());
        deck.forEach(card -> card.turn());
        copy(deck).get(0).fold();
    }
}
