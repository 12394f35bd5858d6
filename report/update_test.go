package report

import "flag"

// Update makes the tests of this folder write their goldens anew.
var Update = flag.Bool("update", false, "write the goldens anew")
