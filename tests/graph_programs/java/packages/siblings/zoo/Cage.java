package zoo;

class Cage {
    private final Keeper keeper;

    Cage(Keeper keeper) {
        this.keeper = keeper;
    }

    void open() {
        keeper.name();
    }
}

class Badge {
    void scan() {
    }
}
