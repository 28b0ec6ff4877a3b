class Server {
  listen() {}
}
module.exports = Server;
