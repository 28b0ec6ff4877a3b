class Products:
    def __init__(self, connection):
        self.connection = connection

    def add(self, sku, name, price):
        self.connection.execute("INSERT INTO products VALUES (?, ?, ?)", (sku, name, price))

    def cheaper_than(self, price, name):
        cursor = self.connection.cursor()
        cursor.execute(
            """
            SELECT sku
            FROM products
            WHERE price < {} AND name = '{}'
            ORDER BY sku
            """.format(price, name)
        )
        return [row["sku"] for row in cursor.fetchall()]

    def order(self, sku, amount):
        cursor = self.connection.cursor()
        cursor.execute(f"INSERT INTO orders (sku, amount) VALUES ('{sku}', {amount})")
        return cursor.lastrowid
