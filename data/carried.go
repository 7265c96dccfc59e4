//go:build carrygo

package data

import _ "embed"

// carried is the zip that PackTree wrote. It is no file of the repository: a build with the tag
// carrygo gives its place by -overlay, as the package wheels does.
//
//go:embed gotree.zip
var carried string
