// Package chart lays out pictures: where each shape and word stands, in points, the origin
// at the upper left. It draws nothing: the HTML report draws a picture as SVG, the PDF on
// its page, and both show the same. It knows nothing of records and clusters.
package chart
