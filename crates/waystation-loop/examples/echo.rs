//! Sockets inside the loop: an echo server and its clients on loopback, with `async-net`, which
//! brings its own reactor thread. The loop is woken by it like by any other thread.
//!
//! ```text
//! cargo run -p waystation-loop --example echo
//! ```

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use async_net::{TcpListener, TcpStream};
use futures_lite::io::{AsyncReadExt, AsyncWriteExt};
use waystation_loop::{EventLoop, JoinError, current, timeout};

const CLIENTS: usize = 20;
const ROUNDS: usize = 50;

fn main() -> io::Result<()> {
    let event_loop = EventLoop::new();
    event_loop.run_until_complete(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        println!("listening on loopback, port {}", address.port());
        let server = current().spawn_named("server", serve(listener));

        let start = current().time();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|n| current().spawn(client(n, address)))
            .collect();
        let mut bytes = 0;
        for client in clients {
            bytes += timeout(Duration::from_secs(10), client)
                .await
                .map_err(|elapsed| io::Error::new(io::ErrorKind::TimedOut, elapsed))?
                .map_err(io::Error::other)??;
        }
        let took = current().time() - start;
        println!("{CLIENTS} clients, {ROUNDS} round trips each, {bytes} bytes back, in {took:?}");

        // The server never ends by itself.
        server.abort();
        match server.await {
            Err(JoinError::Cancelled) => println!("server stopped"),
            other => println!("server ended: {other:?}"),
        }
        Ok(())
    })
}

async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        drop(current().spawn(async move {
            let mut buffer = [0; 512];
            loop {
                let n = stream.read(&mut buffer).await?;
                if n == 0 {
                    return io::Result::Ok(());
                }
                stream.write_all(&buffer[..n]).await?;
            }
        }));
    }
}

async fn client(n: usize, address: SocketAddr) -> io::Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut bytes = 0;
    for round in 0..ROUNDS {
        let message = format!("client {n}, round {round}");
        stream.write_all(message.as_bytes()).await?;
        let mut answer = vec![0; message.len()];
        stream.read_exact(&mut answer).await?;
        if answer != message.as_bytes() {
            return Err(io::Error::other("the echo differs"));
        }
        bytes += answer.len();
    }
    Ok(bytes)
}
