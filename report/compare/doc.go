// Package compare says what changed between two evaluations of one cluster: what deviates
// newly, still, again or no more, and what is no longer assessed, which is never counted as
// resolved. It compares, and decides no verdict. It reads no file and no clock.
package compare
