from app.views import page

page.show()
