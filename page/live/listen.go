package live

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// Listen takes the address at which a server answers, host:port; port 0 is any that is free. An address that other
// machines can reach is refused unless the server asks for a token.
func Listen(address string, withToken bool) (*Server, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("live: address %q: must be a host and a port, as in 127.0.0.1:8080: %w", address, err)
	}
	if !withToken && !isLoopback(host) {
		return nil, fmt.Errorf("live: address %s: other machines can reach it, so that anybody could read the page: "+
			"add --token, which asks for a token, or take an address as 127.0.0.1:%s", address, port)
	}
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("live: address %s: another program uses this port: choose another one, or 0 for any "+
			"that is free: %w", address, err)
	case err != nil:
		return nil, fmt.Errorf("live: address %s: %w", address, err)
	}
	s := &Server{listener: l, shown: make(chan struct{})}
	if withToken {
		s.token = rand.Text()
	}
	return s, nil
}

// isLoopback reports whether a host is this machine, as no other machine can reach it.
func isLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Address is the address to open in a browser.
func (s *Server) Address() string {
	address := "http://" + s.reachable() + "/"
	if s.token != "" {
		address += s.token + "/"
	}
	return address
}

// reachable is the host and port at which the server answers. Where it listens on all addresses of the machine,
// that is the loopback one.
func (s *Server) reachable() string {
	at := s.listener.Addr().(*net.TCPAddr) // that is what net.Listen makes of tcp
	if at.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", at.Port)
	}
	return at.String()
}
