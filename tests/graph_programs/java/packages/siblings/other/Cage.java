package other;

class Cage {
    void open() {
    }
}
