from sqlalchemy import create_engine, text


class Store:
    def __init__(self, address="sqlite://"):
        self.engine = create_engine(address)
        with self.engine.begin() as connection:
            connection.execute(text("CREATE TABLE reports (year INTEGER, region TEXT, total INTEGER)"))

    def add(self, year, region, total):
        with self.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO reports VALUES (:year, :region, :total)"),
                {"year": year, "region": region, "total": total},
            )

    def total(self, region):
        with self.engine.connect() as connection:
            statement = text(f"SELECT SUM(total) FROM reports WHERE region = '{region}'")
            return connection.execute(statement).scalar()

    def between(self, first, last):
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT region FROM reports WHERE year BETWEEN " + first + " AND " + last))
            return [row[0] for row in rows]
