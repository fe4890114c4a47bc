package main

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// extensionFiles is the extension for VS Code.
//
//go:embed vscode/package.json vscode/README.md vscode/extension.js vscode/lib/*.js
var extensionFiles embed.FS

// extension is what package.json says about the extension, as far as the manifest repeats it.
type extension struct {
	Name        string   `json:"name"`
	Publisher   string   `json:"publisher"`
	DisplayName string   `json:"displayName"`
	Description string   `json:"description"`
	Version     string   `json:"version"`
	Categories  []string `json:"categories"`
	Kind        []string `json:"extensionKind"`
	Engines     struct {
		VSCode string `json:"vscode"`
	} `json:"engines"`
}

// readExtension returns what package.json says.
func readExtension() extension {
	text, err := extensionFiles.ReadFile("vscode/package.json")
	var e extension
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err != nil {
		panic(err) // can't be: it is embedded, and tested
	}
	return e
}

// manifest is the file extension.vsixmanifest of a package, as vsce 3 writes it.
const manifest = `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
	<Metadata>
		<Identity Language="en-US" Id="%s" Version="%s" Publisher="%s"/>
		<DisplayName>%s</DisplayName>
		<Description xml:space="preserve">%s</Description>
		<Categories>%s</Categories>
		<Properties>
			<Property Id="Microsoft.VisualStudio.Code.Engine" Value="%s"/>
			<Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="%s"/>
		</Properties>
	</Metadata>
	<Installation>
		<InstallationTarget Id="Microsoft.VisualStudio.Code"/>
	</Installation>
	<Dependencies/>
	<Assets>
		<Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
		<Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
	</Assets>
</PackageManifest>
`

// contentTypes is the file of that name in a package.
const contentTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension=".json" ContentType="application/json"/>` +
	`<Default Extension=".js" ContentType="application/javascript"/>` +
	`<Default Extension=".md" ContentType="text/markdown"/>` +
	`<Default Extension=".vsixmanifest" ContentType="text/xml"/></Types>
`

// packageTime is the time of all files in the package: a zip file has none before 1980.
var packageTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// writeExtension writes the extension as a package that editors install, a .vsix file. The same
// extension makes the same bytes with any version of Go: nothing in it is compressed.
func writeExtension(w io.Writer) error {
	z := zip.NewWriter(w)
	e := readExtension()
	var escaped []any
	for _, text := range []string{e.Name, e.Version, e.Publisher, e.DisplayName, e.Description,
		strings.Join(e.Categories, ","), e.Engines.VSCode, strings.Join(e.Kind, ",")} {
		var b bytes.Buffer
		xml.EscapeText(&b, []byte(text)) // a bytes.Buffer never fails
		escaped = append(escaped, b.String())
	}
	add := func(name string, text []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: packageTime})
		if err == nil {
			_, err = f.Write(text)
		}
		return err
	}
	if err := add("extension.vsixmanifest", fmt.Appendf(nil, manifest, escaped...)); err != nil {
		return err
	}
	if err := add("[Content_Types].xml", []byte(contentTypes)); err != nil {
		return err
	}
	err := fs.WalkDir(extensionFiles, "vscode", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := extensionFiles.ReadFile(name)
		if err != nil {
			return err
		}
		return add(path.Join("extension", strings.TrimPrefix(name, "vscode")), text)
	})
	if err != nil {
		return err
	}
	return z.Close()
}
