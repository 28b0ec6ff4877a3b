import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

public class Main {
    static class Score {
        Score plus(Score other) {
            return new Score();
        }

        void show() {
        }

        boolean high() {
            return true;
        }
    }

    static class Board {
        void add(Score score) {
            score.high();
        }
    }

    static Score missing() {
        return new Score();
    }

    public static void main(String[] args) {
        List<Score> scores = Arrays.asList(new Score(), new Score());
        Optional<Score> best = scores.stream().filter(Score::high).findFirst();
        best.ifPresent(score -> score.show());
        best.orElseGet(() -> missing()).show();
        Score total = scores.stream().reduce((a, b) -> a.plus(b)).get();
        total.show();
        Map<String, Board> boards = new TreeMap<>();
        boards.computeIfAbsent("x", key -> new Board()).add(total);
    }
}
