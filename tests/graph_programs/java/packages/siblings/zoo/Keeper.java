package zoo;

class Keeper extends Staff {
    private Cage cage = new Cage(this);

    void feed() {
        cage.open();
        report();
        badge.scan();
    }
}
