import java.util.function.Consumer;

public class Main {
    abstract static class Node {
        abstract void visit();

        void base() {
        }
    }

    static class Leaf extends Node {
        @Override
        void visit() {
        }

        void up() {
            Runnable runnable = super::base;
            runnable.run();
        }

        @Override
        void base() {
        }
    }

    static void each(Consumer<Node> consumer, Node node) {
        consumer.accept(node);
    }

    public static void main(String[] args) {
        Leaf leaf = new Leaf();
        each(Node::visit, leaf);
        leaf.up();
    }
}
