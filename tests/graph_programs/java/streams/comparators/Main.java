import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

public class Main {
    static class Card implements Comparable<Card> {
        int rank() {
            return 1;
        }

        @Override
        public int compareTo(Card other) {
            return rank() - other.rank();
        }
    }

    public static void main(String[] args) {
        List<Card> cards = new ArrayList<>();
        cards.add(new Card());
        cards.sort((a, b) -> a.rank() - b.rank());
        Comparator<Card> order = new Comparator<Card>() {
            @Override
            public int compare(Card a, Card b) {
                return a.compareTo(b);
            }
        };
        order.compare(cards.get(0), cards.get(0));
    }
}
