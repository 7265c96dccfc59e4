// Package child keeps hold of another program that this one starts: it ends it together with the
// programs that it has started itself, and keeps the end of what it says.
package child
